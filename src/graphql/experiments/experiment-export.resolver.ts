import { Arg, Query, Resolver } from 'type-graphql';
import { everyone } from '../../experiments/segment';
import type { ExportService } from '../services';
import { ExperimentExportType, ExportFormatEnum } from './experiment-export.type';

@Resolver()
export class ExperimentExportResolver {
  readonly #exports: ExportService;

  constructor(exports: ExportService) {
    this.#exports = exports;
  }

  @Query(() => ExperimentExportType, { description: 'What an experiment has shown so far, as a file to keep.' })
  experimentExport(
    @Arg('key', () => String, { description: 'Key of the experiment.' }) key: string,
    @Arg('format', () => ExportFormatEnum, { defaultValue: 'CSV', description: 'What it is written as.' })
    format: keyof typeof ExportFormatEnum,
    @Arg('segment', () => String, { nullable: true, description: 'One of `segmentValues`; absent: all units.' }) segment: string | null,
  ): Promise<ExperimentExportType> {
    return this.#exports.export(key, format, segment ?? everyone);
  }
}
