class ShopMailer < ActionMailer::Base
  default from: "a@x.example"
  def invoice; attachments["a.txt"] = "x"; mail(to: params[:to], subject: "Rechnung é"); end
end
