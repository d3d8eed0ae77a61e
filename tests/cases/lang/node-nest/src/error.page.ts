import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
@Catch()
export class ErrorPage implements ExceptionFilter {
  catch(error: any, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const code = error instanceof HttpException ? error.getStatus() : 500;
    if (code === 400) return http.getResponse().status(400).json(error.getResponse());
    http.getResponse().status(code).render('error', { code, why: error.message });
  }
}
