unit class Handler::Math; has %.conf;
method handle(@a) { (2 ** @a[0].Int).Str ~ ' ' ~ (1/3 + 1/6).nude.join('/') ~ ' ' ~ 17.is-prime }
