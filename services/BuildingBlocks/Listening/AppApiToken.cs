using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>
/// Lets only the sidecar in where <c>APP_API_TOKEN</c> is set: it sends the token as header <c>dapr-api-token</c> with each call.
/// </summary>
internal sealed class AppApiToken(string? token)
{
    private readonly byte[]? expected = string.IsNullOrEmpty(token) ? null : Hash(token);

    public bool Admits(HttpRequest request) =>
        expected is null || CryptographicOperations.FixedTimeEquals(expected, Hash(request.Headers["dapr-api-token"].ToString()));

    // Hashes have one length, so the comparison tells nothing about that of the token.
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
