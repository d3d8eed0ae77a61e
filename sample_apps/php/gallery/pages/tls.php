<?php

// The server's own name over TLS, verified with the system's store of authorities.
$context = stream_context_create(['ssl' => ['capture_peer_cert' => true]]);
$body = file_get_contents('https://localhost/health.php', false, $context);
$certificate = stream_context_get_params($context)['options']['ssl']['peer_certificate'];
echo trim($body), ' from ', openssl_x509_parse($certificate)['subject']['CN'], "\n";
