using CloudNative.BuildingBlocks.Entities;
using GraphQL;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>An error whose code and message are meant for the client.</summary>
internal sealed class RefusedError : ExecutionError
{
    private RefusedError(string code, string message)
        : base(message)
    {
        Code = code;
    }

    public static RefusedError BadUserInput(string message) => new(ErrorCodes.BadUserInput, message);

    /// <summary>Safe to send again; a mutation exactly once under a clientMutationId.</summary>
    public static RefusedError Unavailable() => new(ErrorCodes.Unavailable, "Things cannot be reached now; try again.");

    public static RefusedError Internal() => new(ErrorCodes.Internal, "The request failed.");

    public static RefusedError From(MutationOutcome<Thing> outcome) => outcome switch
    {
        MutationOutcome<Thing>.Conflict conflict => new(ErrorCodes.Conflict, conflict.Reason),
        MutationOutcome<Thing>.Invalid invalid => BadUserInput(invalid.Reason),
        MutationOutcome<Thing>.MutationIdReused => new(ErrorCodes.MutationIdReused, "clientMutationId was used before, with another request."),
        MutationOutcome<Thing>.Unavailable => Unavailable(),
        // Under the mutation id of a save that was followed by a delete there is no thing to answer.
        MutationOutcome<Thing>.Done { Entity: null } => new(ErrorCodes.Conflict, "The thing was deleted since."),
        _ => Internal(),
    };
}

/// <summary>The values of extensions.code.</summary>
internal static class ErrorCodes
{
    public const string BadUserInput = "BAD_USER_INPUT";
    public const string Conflict = "CONFLICT";
    public const string MutationIdReused = "MUTATION_ID_REUSED";
    public const string Unavailable = "UNAVAILABLE";
    public const string Internal = "INTERNAL";
}

internal static class Refusing
{
    /// <summary>Reports the error at the field and answers null for it.</summary>
    public static object? Refuse(this IResolveFieldContext context, RefusedError error)
    {
        error.Path = context.ResponsePath;
        error.AddLocation(context.FieldAst, context.Document);
        context.Errors.Add(error);
        return null;
    }
}
