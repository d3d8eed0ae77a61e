exports.rate=1.2
