<?php

$key = random_bytes(SODIUM_CRYPTO_SECRETBOX_KEYBYTES);
$nonce = random_bytes(SODIUM_CRYPTO_SECRETBOX_NONCEBYTES);
$sealed = sodium_crypto_secretbox($argument, $nonce, $key);
echo sodium_crypto_secretbox_open($sealed, $nonce, $key), ' ', hash('sha3-256', 'abc'), ' ';
echo password_verify('rose', password_hash('rose', PASSWORD_ARGON2ID)) ? 'verified' : 'refused', ' ';
echo bin2hex(openssl_encrypt('abc', 'aes-128-cbc', str_repeat('k', 16), 0, str_repeat('i', 16))), "\n";
