from . import test_access, test_access_matrix, test_certificates, test_signing
