class EncReader; def call(n) "\u0416\u3042".encode(n, undef: :replace, replace: '?').unpack1('H*'); end; end
