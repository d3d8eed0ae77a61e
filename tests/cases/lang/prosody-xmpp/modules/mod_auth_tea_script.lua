-- asks a program whether a password is right
local new_sasl = require "util.sasl".new;
local script = module:get_option_string("tea_script");
local provider = {};
function provider.test_password(username, password)
  local pipe = io.popen(("%s %q %q"):format(script, username, password));
  local answer = pipe:read("*l"); pipe:close();
  return answer == "1" or nil, "not authorised";
end
function provider.user_exists() return true end
function provider.get_sasl_handler()
  return new_sasl(module.host, { plain_test = function (_, username, password) return provider.test_password(username, password), true end });
end
module:provides("auth", provider);
