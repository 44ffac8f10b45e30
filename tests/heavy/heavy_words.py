"""What the school of the heavy suites is made of."""

PASSWORD = "heavy-load"
SUBJECTS = ("VAN", "TOAN", "NN1", "KHTN")
COLUMNS = ("TX1", "TX2", "TX3", "TX4", "GK", "CK")
