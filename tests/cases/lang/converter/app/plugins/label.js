const { execFileSync } = require('child_process'); const settings = require('../static/label.json');
module.exports = (body) => execFileSync(settings.program, [...settings.options, `caption:${body}`, 'png:-']);
