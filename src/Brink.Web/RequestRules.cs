using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Brink.Web;

/// <summary>What every request must satisfy, and what every answer says to the browser.</summary>
internal sealed class RequestRules(ServerSettings settings)
{
    public const string TokenName = "token";

    private const string Cookie = "brink-token";

    // Nothing from elsewhere, and no script in the page itself. Charts set styles by properties, which no rule restricts.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task Apply(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return Refuse(response, StatusCodes.Status405MethodNotAllowed, "this server only reads: use GET");
        if (settings.Token is not { } token)
        {
            return IsThisMachine(request.Host.Host)
                ? next(context)
                : Refuse(response, StatusCodes.Status403Forbidden, "the name of this server is 127.0.0.1 or localhost");
        }
        if (request.Query[TokenName] is [{ } given] && IsEqual(given, token))
        {
            response.Cookies.Append(Cookie, token, new() { HttpOnly = true, SameSite = SameSiteMode.Strict });
            var rest = QueryString.Create(request.Query.Where(pair => pair.Key != TokenName));
            response.Redirect(UriHelper.BuildRelative(request.PathBase, request.Path, rest));
            return Task.CompletedTask;
        }
        return request.Cookies[Cookie] is { } kept && IsEqual(kept, token)
            ? next(context)
            : Refuse(response, StatusCodes.Status401Unauthorized, "open the address that 'brink serve' printed, with its token");
    }

    /// <summary>True for the names of this machine: a page of another site that has its name resolved to this machine sends that
    /// name.</summary>
    private static bool IsThisMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsEqual(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private static Task Refuse(HttpResponse response, int status, string reason)
    {
        response.StatusCode = status;
        return response.WriteAsync(reason);
    }
}
