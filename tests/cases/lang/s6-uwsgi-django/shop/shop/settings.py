SECRET_KEY = "x"; DEBUG = False; ALLOWED_HOSTS = ["*"]; ROOT_URLCONF = "shop.urls"; DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.postgres", "django.contrib.humanize", "django.contrib.sitemaps", "django.contrib.admindocs", "shop"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.locale.LocaleMiddleware", "django.middleware.common.CommonMiddleware", "django.middleware.gzip.GZipMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop", "USER": "shop", "PASSWORD": "x", "HOST": "127.0.0.1"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache", "LOCATION": "127.0.0.1:11211"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"}]
USE_I18N = USE_L10N = USE_TZ = True; TIME_ZONE = "America/New_York"; LANGUAGE_CODE = "en"; USE_THOUSAND_SEPARATOR = True
STATIC_URL = "/static/"; STATIC_ROOT = "/opt/shop/static"; MEDIA_ROOT = "/opt/shop/media"; EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"; EMAIL_FILE_PATH = "/tmp/mails"
EXPORTERS = {"xlsx": "shop.exports.excel", "pdf": "shop.exports.pdf", "png": "shop.exports.qr", "svg": "shop.exports.bar"}
LOGGING = {"version": 1, "disable_existing_loggers": False, "handlers": {"file": {"class": "logging.handlers.RotatingFileHandler", "filename": "/tmp/shop.log", "maxBytes": 100000}}, "root": {"handlers": ["file"], "level": "INFO"}}
