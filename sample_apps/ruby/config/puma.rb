# frozen_string_literal: true

bind "tcp://0.0.0.0:9292"
threads 1, 4
# One file for all output, which SIGHUP opens anew; docker sees it in any case.
stdout_redirect "/proc/self/fd/1", "/proc/self/fd/2", true
# Otherwise it ends as if the signal had killed it, which PID 1 cannot say.
raise_exception_on_sigterm false
on_restart { puts "the library opens again" }
