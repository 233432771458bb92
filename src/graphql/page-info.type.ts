import { Field, ObjectType } from 'type-graphql';

@ObjectType('PageInfo', { simpleResolvers: true, description: 'Where a page of a list stands.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'True when there are more items after this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'True when this page began at a cursor, so that there are items before it.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item of this page; null when the page is empty.' })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last item of this page: pass it as `after` for the next one; null when the page is empty.',
  })
  readonly endCursor!: string | null;
}
