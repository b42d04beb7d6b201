namespace Brink.Lab;

public enum BnpVariant
{
    Vanilla,

    /// <summary>Batch norm before every ReLU.</summary>
    BatchNorm,

    /// <summary>Group norm before every ReLU.</summary>
    GroupNorm,

    /// <summary>Vanilla's network, its gradients preconditioned.</summary>
    Bnp,
}
