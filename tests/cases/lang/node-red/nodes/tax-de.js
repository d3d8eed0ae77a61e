exports.rate=1.19
