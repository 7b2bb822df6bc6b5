using CloudNative.BuildingBlocks.Entities;
using GraphQL.Resolvers;
using GraphQL.Types;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>What deleteThing answers: of a thing that is gone only the id is left, whether it was there or not.</summary>
internal sealed record DeletedThing(string Id);

/// <summary>Thing, from a <see cref="Versioned{Thing}"/> or a <see cref="DeletedThing"/>.</summary>
internal sealed class ThingType : ObjectGraphType<object>
{
    public ThingType()
    {
        Name = "Thing";
        Field<NonNullGraphType<StringGraphType>>("id")
            .Resolve(context => context.Source is DeletedThing deleted ? deleted.Id : ((Versioned<Thing>)context.Source).Id);
        Field<StringGraphType>("name").Resolve(context => (context.Source as Versioned<Thing>)?.Value.Name);
        Field<StringGraphType>("description").Resolve(context => (context.Source as Versioned<Thing>)?.Value.Description);
        Field<NonNullGraphType<IntGraphType>>("version")
            .Description("1 when created, one more with each change, deletes counted; 0: does not exist now.")
            .Resolve(context => checked((int)((context.Source as Versioned<Thing>)?.Version ?? 0)));
    }
}

/// <summary>ThingConnection: a page.</summary>
internal sealed class ThingConnectionType : ObjectGraphType<EntityPage<Thing>>
{
    public ThingConnectionType(ThingType thingType)
    {
        Name = "ThingConnection";
        AddField(new FieldType
        {
            Name = "items",
            ResolvedType = new NonNullGraphType(new ListGraphType(new NonNullGraphType(thingType))),
            Resolver = new FuncFieldResolver<EntityPage<Thing>, object>(context => context.Source.Items),
        });
        Field<StringGraphType>("cursor")
            .Description("Asks for the next page; null on the last.")
            .Resolve(context => context.Source.Cursor);
    }
}
