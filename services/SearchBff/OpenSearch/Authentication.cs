using System.Net.Http.Headers;
using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using CloudNative.BuildingBlocks.Hosting;

namespace CloudNative.SearchBff.OpenSearch;

/// <summary>User and password; the password comes from the secret store, is kept, and is asked for again after a refusal.</summary>
internal sealed class BasicAuthentication(string user, Func<CancellationToken, Task<string>> readPassword) : DelegatingHandler
{
    private AuthenticationHeaderValue? header;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = header ??= await ReadAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode is System.Net.HttpStatusCode.Unauthorized)
            header = null;
        return response;
    }

    private async Task<AuthenticationHeaderValue> ReadAsync(CancellationToken cancellationToken) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{await readPassword(cancellationToken)}")));
}

/// <summary>Signs for Amazon (Signature Version 4), over the very bytes that are sent and anew for each repetition.</summary>
internal sealed class AmazonSigning(AWSCredentials credentials, string region, string service, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
        var signing = new AWSSigningRequest { HttpMethod = request.Method, RequestUri = request.RequestUri, Content = body };
        if (request.Content?.Headers.ContentType is { } type)
            signing.Headers["content-type"] = type.ToString();
        var parameters = new AWSSigV4Parameters
        {
            Credentials = credentials,
            Region = RegionEndpoint.GetBySystemName(region),
            Service = service,
            SignPayload = true,
            SignedAt = time.GetUtcNow().UtcDateTime,
        };
        try
        {
            var signed = await AWSSigV4Signer.SignAsync(signing, parameters, cancellationToken);
            foreach (var (name, value) in signed.Headers.Where(header => !header.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase)))
            {
                request.Headers.Remove(name);
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
        catch (AmazonClientException failure)
        {
            throw new DependencyUnavailableException("There are no credentials to sign with.", failure);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
