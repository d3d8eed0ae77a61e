use JSON::Fast; use Hash::Merge;
unit class Handler::Json; has %.conf;
method handle(@a) { to-json(merge-hash({a => {b => 1}}, {a => {c => @a[0].Int}}), :!pretty, :sorted-keys) }
