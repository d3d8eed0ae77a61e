import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ValidationPipe } from '@nestjs/common';
import { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { join } from 'path';
import compression from 'compression';
import { AppModule } from './app.module';
import { ErrorPage } from './error.page';

async function main() {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn', 'log'] });
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  app.useGlobalFilters(new ErrorPage());
  app.setBaseViewsDir(join(process.cwd(), 'views'));
  app.setViewEngine('hbs');
  app.use(compression());
  app.useStaticAssets(join(process.cwd(), 'public'), { prefix: '/static/' });
  SwaggerModule.setup('docs', app, SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('shop').setVersion('1.4').build()));
  app.enableShutdownHooks();
  await app.listen(3000, '0.0.0.0');
}
main();
