require ["fileinto", "regex", "body"];
if header :regex "Subject" "^cheap [a-z]+" { fileinto "Junk"; stop; }
if body :contains "unsubscribe" { fileinto "Junk"; stop; }
