# acl
*  @ALL  1
tea:secret @ALL 0
*  @user  8
*  @admin 255
