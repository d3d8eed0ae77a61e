class SockReader; def call(_) DRb.start_service('druby://127.0.0.1:0', [1, 2]); DRbObject.new_with_uri(DRb.uri).size.to_s; end; end
