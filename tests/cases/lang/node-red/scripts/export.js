const f=require('../flows.json'); console.log(require('@node-red/util').i18n ? 'flows '+f.length : 'none')
