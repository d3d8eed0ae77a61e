#!/usr/bin/perl
use strict; use POSIX qw(strftime);
my @p = getpwnam($ENV{REMOTE_USER});
print "Content-Type: text/plain\r\n\r\n", "user $ENV{REMOTE_USER} uid $p[2] home $p[7] gecos $p[6]\n";
