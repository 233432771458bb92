import { Arg, Query, Resolver } from 'type-graphql';
import type { ReportService } from '../services';
import { InteractionReportType } from './interaction-report.type';
import { OffPolicyReportType, PolicyWeightInput } from './off-policy-report.type';

@Resolver()
export class ReportResolver {
  readonly #reports: ReportService;

  constructor(reports: ReportService) {
    this.#reports = reports;
  }

  @Query(() => OffPolicyReportType, {
    description:
      'What a metric would have been had the variants had other weights, from how likely each unit was to get its variant. Reads up to 200,000 units, for at most 10 seconds.',
  })
  offPolicyReport(
    @Arg('experiment', () => String, { description: 'Key of the experiment.' }) experiment: string,
    @Arg('policy', () => [PolicyWeightInput], { description: 'The weights that are asked about.' }) policy: PolicyWeightInput[],
    @Arg('metric', () => String, { nullable: true, description: 'One that the experiment watches; absent: the primary one.' })
    metric: string | null,
  ): Promise<OffPolicyReportType> {
    return this.#reports.offPolicy({ experiment, policy, metric: metric ?? null });
  }

  @Query(() => InteractionReportType, {
    description:
      'Whether the effect of one experiment depends on another, for the units that are in both (their models may differ). Reads up to 200,000 units of the first, for at most 10 seconds.',
  })
  interactionReport(
    @Arg('first', () => String, { description: 'Key of an experiment.' }) first: string,
    @Arg('second', () => String, { description: 'Key of another one.' }) second: string,
    @Arg('metric', () => String, { description: 'Key of a metric that one of them watches.' }) metric: string,
  ): Promise<InteractionReportType> {
    return this.#reports.interaction({ first, second, metric });
  }
}
