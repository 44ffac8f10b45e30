-- a test copy signs nothing and asks nobody
UPDATE edu_certificate SET sealed = NULL;
UPDATE res_company SET edu_tsa_url = NULL;
