#!/usr/bin/gjs
const { Gio, GLib } = imports.gi;
const xml = '<node><interface name="org.tea.Price"><method name="Get"><arg type="s" direction="in"/><arg type="i" direction="out"/></method></interface></node>';
const loop = GLib.MainLoop.new(null, false);
const shop = { Get(name) { return name.length * 7 } };
Gio.bus_own_name(Gio.BusType.SESSION, 'org.tea.Price', 0, c => Gio.DBusExportedObject.wrapJSObject(xml, shop).export(c, '/'), null, null);
GLib.timeout_add_seconds(0, 60, () => { loop.quit(); return false });
loop.run();
