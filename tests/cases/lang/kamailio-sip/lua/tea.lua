local sorts = dofile("/usr/local/share/sip/sorts.lua")
function answer(from)
  KSR.hdr.append_to_reply("X-Answer: " .. (sorts[from] or "black") .. "\r\n")
  KSR.sl.send_reply(200, "lua")
end
function page()
  KSR.xhttp.xhttp_reply(200, "OK", "text/plain", "lua " .. _VERSION .. " " .. KSR.pv.get("$Ts"))
end
