use NativeCall;
unit class Handler::Native; has %.conf;
sub sqlite3_libversion() returns Str is native('sqlite3', v0) {*}
sub toupper(int32) returns int32 is native {*}
method handle(@a) { sqlite3_libversion() ~ ' ' ~ chr(toupper(ord(@a[0]))) }
