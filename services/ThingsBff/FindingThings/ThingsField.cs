using CloudNative.BuildingBlocks.Entities;
using CloudNative.ThingsBff.GraphQL;
using GraphQL;
using GraphQL.Types;

namespace CloudNative.ThingsBff.FindingThings;

/// <summary>things(name: String, limit: Int, cursor: String): ThingConnection</summary>
internal static class ThingsField
{
    public const string Name = "things";

    public static void AddTo(ObjectGraphType query, IEntityStore<Thing> things, ThingType thingType) =>
        query.Field<ThingConnectionType>(Name)
            .Type(new ThingConnectionType(thingType))
            .Description("Things in a stable order, a page at a time.")
            .Argument<StringGraphType>("name", "Those whose name contains this text, ignoring case. Left out: all.")
            .Argument<IntGraphType>("limit", "Things in a page: 40 unless given, at least 1, at most 100.")
            .Argument<StringGraphType>("cursor", "The cursor of the page before, asked with the same name.")
            .ResolveAsync(context => ResolveAsync(context, things));

    private static async Task<object?> ResolveAsync(IResolveFieldContext<object?> context, IEntityStore<Thing> things)
    {
        var name = context.GetArgument<string?>("name");
        if (name is not null && ThingText.RefuseShort("name", name) is { } reason)
            return context.Refuse(RefusedError.BadUserInput(reason));

        var query = new EntityQuery(name, PageSize.Of(context.GetArgument<int?>("limit")), context.GetArgument<string?>("cursor"));
        try
        {
            return await things.ListAsync(query, context.CancellationToken);
        }
        catch (InvalidCursorException)
        {
            return context.Refuse(RefusedError.BadUserInput("cursor is not one that a page of this query gave."));
        }
    }
}
