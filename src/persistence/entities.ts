import { DriftAlertEntity } from './entities/drift-alert.entity';
import { DriftReferenceEntity } from './entities/drift-reference.entity';
import { ExperimentEntity } from './entities/experiment.entity';
import { ExperimentEventEntity } from './entities/experiment-event.entity';
import { MetricEntity } from './entities/metric.entity';
import { ModelLabelEntity } from './entities/model-label.entity';

/** What people decide, as rows. Events are written and read by SQL in sets: an entity each would cost a hundred times the time. */
export const entities = [ExperimentEntity, ExperimentEventEntity, MetricEntity, ModelLabelEntity, DriftReferenceEntity, DriftAlertEntity];
