unit class Handler::Unicode; has %.conf;
method handle(@a) { "ß".uc ~ ' ' ~ "\c[LATIN SMALL LETTER E WITH ACUTE]".NFD.list.join('+') ~ ' ' ~ "é".uniname ~ ' ' ~ "Ж".encode('windows-1251').list.join ~ ' ' ~ <z ä a>.sort(&collate-key).join }
sub collate-key($x) { $x.NFD.list[0] }
