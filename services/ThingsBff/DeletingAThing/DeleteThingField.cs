using System.Globalization;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.ThingsBff.GraphQL;
using GraphQL;
using GraphQL.Types;

namespace CloudNative.ThingsBff.DeletingAThing;

/// <summary>deleteThing(id: ID!, expectedVersion: Int, clientMutationId: String): Thing</summary>
internal static class DeleteThingField
{
    public static void AddTo(ObjectGraphType mutation, IEntityStore<Thing> things, ThingType thingType) =>
        mutation.Field<ThingType>("deleteThing")
            .Type(thingType)
            .Description("Deletes a thing and answers its id with version 0: it does not exist now. Repeatable.")
            .Argument<NonNullGraphType<IdGraphType>>("id")
            .Argument<IntGraphType>("expectedVersion", "Refused with CONFLICT unless the thing is at this version now; 0: it must not exist.")
            .Argument<StringGraphType>("clientMutationId", "Makes a repetition of this very request answer as the first did, for 24 hours.")
            .ResolveAsync(context => ResolveAsync(context, things));

    private static async Task<object?> ResolveAsync(IResolveFieldContext<object?> context, IEntityStore<Thing> things)
    {
        // An ID may be written as a number.
        var id = Convert.ToString(context.GetArgument<object>("id"), CultureInfo.InvariantCulture)!;
        var command = new DeleteThing(id, context.GetArgument<int?>("expectedVersion"), context.GetArgument<string?>("clientMutationId"));
        if (command.Refusal() is { } reason)
            return context.Refuse(RefusedError.BadUserInput(reason));

        var outcome = await things.MutateAsync(command.ToMutation(), context.CancellationToken);
        return outcome is MutationOutcome<Thing>.Done ? new DeletedThing(id) : context.Refuse(RefusedError.From(outcome));
    }
}
