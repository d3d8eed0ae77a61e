from setuptools import setup
setup(name='core', version='2.1', packages=['core'], package_data={'core': ['*.txt']}, entry_points={'console_scripts': ['core-ctl = core.ctl:main']})
