import subprocess, shutil
for n in ("readelf", "objdump"):
    if shutil.which(n):
        print(subprocess.run([n, "-h", "/bin/ls"], capture_output=True, text=True).stdout[:200]); break
