namespace Brink.Zoo.Checkpoints;

/// <summary>The optimizer of PyTorch that a parameter group is of, by the names of its settings.</summary>
public enum OptimizerMethod
{
    /// <summary><c>SGD</c>, with or without momentum.</summary>
    Sgd,

    /// <summary><c>Adam</c> or <c>AdamW</c>.</summary>
    Adam,

    /// <summary><c>RMSprop</c>.</summary>
    RmsProp,

    /// <summary><c>Adafactor</c>.</summary>
    Adafactor,

    /// <summary>Another one.</summary>
    Other,
}

/// <summary>Recognition of optimizers.</summary>
internal static class OptimizerMethods
{
    // Settings of any optimizer.
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "params", "param_names", "lr", "initial_lr", "weight_decay", "maximize", "foreach", "differentiable", "capturable", "fused",
    };

    /// <summary>Returns the optimizer whose groups have these settings.</summary>
    public static OptimizerMethod Of(IReadOnlySet<string> settings)
    {
        return Has("beta2_decay", "d") ? OptimizerMethod.Adafactor
            : Has("alpha", "centered") ? OptimizerMethod.RmsProp
            // NAdam has a momentum of its own, and Lion no epsilon.
            : Has("betas", "eps") && !Has("momentum_decay") ? OptimizerMethod.Adam
            // Muon has the settings of SGD too.
            : (Has("momentum") && !Has("ns_steps")) || settings.IsSubsetOf(Common) ? OptimizerMethod.Sgd
            : OptimizerMethod.Other;

        bool Has(params string[] names) => names.All(settings.Contains);
    }
}
