\getenv password POSTGRES_PASSWORD
ALTER ROLE postgres PASSWORD :'password';
