// Traefik without the DNS challenge of ACME: its providers are clients of more than a hundred clouds, half of all that
// would have to be compiled, and our certificates do not come from there.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v4/challenge"
)

// NewDNSChallengeProviderByName refuses every provider.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("this Traefik is built without DNS challenge providers, so there is no %q", name)
}
