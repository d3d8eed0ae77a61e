import collectd, os, random
def read():
    v = collectd.Values(plugin="cups", type="gauge", type_instance="clean")
    v.dispatch(values=[7])
collectd.register_read(read)
