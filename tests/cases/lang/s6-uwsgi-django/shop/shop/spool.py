from uwsgidecorators import spool
@spool
def work(a):
    open("/tmp/spooled", "a").write("spooled " + a["name"] + "\n")
