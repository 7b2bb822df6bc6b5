using CloudNative.BuildingBlocks.Entities;
using CloudNative.ThingsBff.GraphQL;
using GraphQL;
using GraphQL.Types;

namespace CloudNative.ThingsBff.SavingAThing;

/// <summary>saveThing(input: ThingInput): Thing</summary>
internal static class SaveThingField
{
    public static void AddTo(ObjectGraphType mutation, IEntityStore<Thing> things, ThingType thingType) =>
        mutation.Field<ThingType>("saveThing")
            .Type(thingType)
            .Description("Creates a thing, or replaces the fields given.")
            .Argument<ThingInputType>("input")
            .ResolveAsync(context => ResolveAsync(context, things));

    private static async Task<object?> ResolveAsync(IResolveFieldContext<object?> context, IEntityStore<Thing> things)
    {
        if (context.GetArgument<SaveThing?>("input") is not { } command)
            return context.Refuse(RefusedError.BadUserInput("input must be given."));
        if (command.Refusal() is { } reason)
            return context.Refuse(RefusedError.BadUserInput(reason));

        var outcome = await things.MutateAsync(command.ToMutation(), context.CancellationToken);
        return outcome is MutationOutcome<Thing>.Done { Entity: { } saved } ? saved : context.Refuse(RefusedError.From(outcome));
    }
}
