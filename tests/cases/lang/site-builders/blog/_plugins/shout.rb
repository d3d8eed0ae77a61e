module Shout; def shout(s) = s.upcase + "!"; end; Liquid::Template.register_filter(Shout)
