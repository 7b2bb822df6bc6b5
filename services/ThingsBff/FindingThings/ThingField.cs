using CloudNative.ThingsBff.GraphQL;
using GraphQL;
using GraphQL.Types;

namespace CloudNative.ThingsBff.FindingThings;

/// <summary>thing(id: String!): Thing</summary>
internal static class ThingField
{
    public static void AddTo(ObjectGraphType query, ThingType thingType) =>
        query.Field<ThingType>("thing")
            .Type(thingType)
            .Description("The thing of this id, or null.")
            .Argument<NonNullGraphType<StringGraphType>>("id")
            .Resolve(Resolve);

    private static object? Resolve(IResolveFieldContext<object?> context)
    {
        var id = context.GetArgument<string>("id");
        // What can never have been saved is not there; no need to ask the store.
        return ThingText.RefuseKey("id", id) is null ? ((RequestContext)context.UserContext).Things.Load(id) : null;
    }
}
