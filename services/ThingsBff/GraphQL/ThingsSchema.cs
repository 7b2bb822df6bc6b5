using CloudNative.BuildingBlocks.Entities;
using CloudNative.ThingsBff.DeletingAThing;
using CloudNative.ThingsBff.FindingThings;
using CloudNative.ThingsBff.SavingAThing;
using GraphQL;
using GraphQL.Types;

namespace CloudNative.ThingsBff.GraphQL;

internal sealed class ThingsSchema : Schema
{
    private readonly Lazy<string> sdl;

    public ThingsSchema(IEntityStore<Thing> things)
    {
        var thingType = new ThingType();
        var query = new ObjectGraphType { Name = "Query" };
        ThingField.AddTo(query, thingType);
        ThingsField.AddTo(query, things, thingType);
        Query = query;

        var mutation = new ObjectGraphType { Name = "Mutation" };
        SaveThingField.AddTo(mutation, things, thingType);
        DeleteThingField.AddTo(mutation, things, thingType);
        Mutation = mutation;

        sdl = new Lazy<string>(() => this.Print());
    }

    /// <summary>The schema in the schema definition language.</summary>
    public string Sdl => sdl.Value;
}
