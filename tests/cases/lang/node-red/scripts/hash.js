console.log('ok', require('bcryptjs').compareSync('pw', require('bcryptjs').hashSync('pw', 4)))
