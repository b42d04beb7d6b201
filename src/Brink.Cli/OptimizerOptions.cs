using System.CommandLine;
using System.Globalization;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Options that name the optimizer of a training, where the checkpoints do not.</summary>
internal sealed class OptimizerOptions
{
    private static readonly Dictionary<string, WatchedMethod> Methods = new(StringComparer.Ordinal)
    {
        ["sgd"] = WatchedMethod.Descent,
        ["nesterov"] = WatchedMethod.Nesterov,
        ["adam"] = WatchedMethod.Adam,
        ["adamw"] = WatchedMethod.Adam,
        ["rmsprop"] = WatchedMethod.RmsProp,
        ["adafactor"] = WatchedMethod.Adafactor,
        ["sam"] = WatchedMethod.Sam,
        ["zeroth-order"] = WatchedMethod.ZerothOrder,
        ["sign"] = WatchedMethod.Sign,
        ["lion"] = WatchedMethod.Sign,
        ["muon"] = WatchedMethod.Muon,
    };

    private readonly Option<string?> _name = new("--optimizer")
    {
        Description = "Optimizer of the training; default: that of the checkpoints. zeroth-order: from differences of losses."
            + " sam: sharpness-aware minimization. sign, lion: steps of the sign. muon: steps of the polar factor.",
        HelpName = "NAME",
    };

    private readonly Option<double?> _rate = new("--learning-rate")
    {
        Description = "Its learning rate; of adafactor lr, the largest relative step.",
        HelpName = "NUMBER",
    };

    private readonly Option<double?> _momentum = new("--momentum")
    {
        Description = "Its momentum; of sgd, nesterov, rmsprop and zeroth-order.",
        HelpName = "NUMBER",
    };

    private readonly Option<string?> _betas = new("--betas") { Description = "Its two betas; of adam and adamw.", HelpName = "B1,B2" };

    private readonly Option<double?> _rho = new("--rho") { Description = "Radius of sam. Default: 0.05.", HelpName = "NUMBER" };

    public OptimizerOptions() => _name.AcceptOnlyFromAmong([.. Methods.Keys]);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _name, _rate, _momentum, _betas, _rho }) command.Options.Add(option);
    }

    /// <summary>The optimizer; null where no option names it.</summary>
    /// <exception cref="InputException">An option does not fit the optimizer.</exception>
    public WatchedOptimizer? Optimizer(ParseResult parsed)
    {
        var (name, rate, momentum) = (parsed.GetValue(_name), parsed.GetValue(_rate), parsed.GetValue(_momentum));
        var (betas, rho) = (parsed.GetValue(_betas), parsed.GetValue(_rho));
        if (name is null && rate is null && momentum is null && betas is null && rho is null) return null;
        var kind = Methods[name ?? "sgd"];
        if (betas is not null && kind != WatchedMethod.Adam)
            throw new InputException("--betas: are of adam and adamw; name the optimizer with --optimizer");
        if (rho is not null && kind != WatchedMethod.Sam) throw new InputException("--rho: is of sam; name it with --optimizer sam");
        if (rho is not null and not >= 0) throw new InputException($"--rho {rho}: it must be at least 0");
        if (rate is not > 0 || !double.IsFinite(rate.Value))
            throw new InputException("--learning-rate: give a positive number; the edge of stability depends on it");
        if (momentum is not null and not (>= 0 and < 1))
            throw new InputException($"--momentum {momentum}: it must be at least 0 and below 1");
        switch (kind)
        {
            case WatchedMethod.Adam when momentum is not null:
                throw new InputException($"--momentum: is of sgd and nesterov; {name} has --betas");
            case WatchedMethod.Adam:
                var (first, second) = Betas(betas ?? "0.9,0.999");
                return new(kind, rate, first, second);
            case WatchedMethod.Adafactor or WatchedMethod.Sam or WatchedMethod.Sign or WatchedMethod.Muon when momentum > 0:
                throw new InputException($"--momentum {momentum}: the edge of {name} is known without momentum only; leave it out");
            case WatchedMethod.Sam when rho is { } radius:
                return new(kind, rate, Rho: radius);
            default:
                return new(kind, rate, momentum ?? 0);
        }
    }

    private static (double First, double Second) Betas(string text) =>
        text.Split(',') is [var first, var second]
            && Number(first) is >= 0 and < 1 and var one
            && Number(second) is >= 0 and < 1 and var two
            ? (one, two)
            : throw new InputException($"--betas {text}: write two numbers from 0 to below 1, as in 0.9,0.999");

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
