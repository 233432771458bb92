import { FakeModelLabelStore } from '../fakes/fake-model-label-store';
import { describeModelLabelStore } from './model-label-store.contract';

describeModelLabelStore('fake', () => new FakeModelLabelStore());
