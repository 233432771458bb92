import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { ExportFormat } from '../../experiments/export-results';

export const ExportFormatEnum = { CSV: 'CSV', JSON: 'JSON' } as const satisfies { [K in ExportFormat]: K };
registerEnumType(ExportFormatEnum, {
  name: 'ExportFormat',
  description: 'What an export is written as.',
  valuesConfig: {
    CSV: {
      description:
        'One row for each metric and variant (RFC 4180), with every digit. Texts that a spreadsheet would run get an apostrophe.',
    },
    JSON: { description: 'The plan, the whole results and the history.' },
  },
});

@ObjectType('ExperimentExport', { simpleResolvers: true, description: 'The results of an experiment as a file.' })
export class ExperimentExportType {
  @Field(() => String, { description: 'A name for the file: key, segment and day.' })
  readonly fileName!: string;

  @Field(() => String, { description: 'Its media type.' })
  readonly contentType!: string;

  @Field(() => String, { description: 'What is in it.' })
  readonly text!: string;
}
