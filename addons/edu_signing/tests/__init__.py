from . import test_access, test_certificates, test_signing
