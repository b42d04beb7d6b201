using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brink.Architecture.Tests;

/// <summary>An error message in the sources.</summary>
/// <param name="Place">File and line of the exception.</param>
/// <param name="Exception">Type of the exception.</param>
/// <param name="Text">The message; an interpolated expression is shown in braces.</param>
public sealed record SourceMessage(string Place, string Exception, string Text);

/// <summary>Error messages of the sources: the texts with which exceptions are created.</summary>
internal static class SourceMessages
{
    /// <summary>Exceptions of the class library whose second parameter is the message.</summary>
    private static readonly string[] WithParameterName = ["ArgumentOutOfRangeException", "ArgumentNullException"];

    public static IReadOnlyList<SourceMessage> All(params string[] folders) =>
    [
        .. Checkout.Sources(folders)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(Of),
    ];

    private static IEnumerable<SourceMessage> Of(string file)
    {
        var tree = CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Checkout.Root, file)), path: file);
        foreach (var creation in tree.GetRoot().DescendantNodes().OfType<ObjectCreationExpressionSyntax>())
        {
            var type = creation.Type.ToString();
            if (!type.EndsWith("Exception", StringComparison.Ordinal)) continue;
            var arguments = creation.ArgumentList?.Arguments.Select(argument => argument.Expression).ToArray() ?? [];
            var at = WithParameterName.Contains(type) ? arguments.Length - 1 : 0;
            if (at < 0 || at >= arguments.Length) continue;
            foreach (var text in Texts(arguments[at]))
                yield return new($"{file}:{creation.GetLocation().GetLineSpan().StartLinePosition.Line + 1}", type, text);
        }
    }

    /// <summary>The texts that an expression may have: one a branch of a condition.</summary>
    private static IEnumerable<string> Texts(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal when literal.Token.Value is string text => [text],
        InterpolatedStringExpressionSyntax interpolated => [Interpolated(interpolated)],
        ParenthesizedExpressionSyntax inner => Texts(inner.Expression),
        BinaryExpressionSyntax { OperatorToken.Text: "+" } sum =>
            from left in Texts(sum.Left) from right in Texts(sum.Right) select left + right,
        ConditionalExpressionSyntax branches => Texts(branches.WhenTrue).Concat(Texts(branches.WhenFalse)),
        SwitchExpressionSyntax cases => cases.Arms.SelectMany(arm => Texts(arm.Expression)),
        InvocationExpressionSyntax { ArgumentList.Arguments: [.., { Expression: InterpolatedStringExpressionSyntax last }] } => Texts(last),
        InvocationExpressionSyntax
        {
            ArgumentList.Arguments: [.., { Expression: BinaryExpressionSyntax { OperatorToken.Text: "+" } last }],
        } => Texts(last),
        _ => [$"{{{expression}}}"],
    };

    private static string Interpolated(InterpolatedStringExpressionSyntax expression) =>
        string.Concat(expression.Contents.Select(part => part switch
        {
            InterpolatedStringTextSyntax text => text.TextToken.ValueText,
            InterpolationSyntax hole => $"{{{hole.Expression}}}",
            _ => "",
        }));
}
