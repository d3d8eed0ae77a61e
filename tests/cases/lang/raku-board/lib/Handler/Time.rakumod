use experimental :pack;
use Telemetry;
unit class Handler::Time; has %.conf;
method handle(@a) { DateTime.new(2024, 7, 1, 12, 0, 0).later(:1month).yyyy-mm-dd ~ ' ' ~ pack('n', 258).list.join(',') ~ ' ' ~ T.^name }
